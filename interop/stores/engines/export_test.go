package engines

import "context"

// StartProgram starts any program as an engine that answers at once, with the user and the signal of Redis.
func StartProgram(ctx context.Context, program string, args ...string) (*Server, error) {
	return start(ctx, &engine{
		name: "test", pkg: "test-package", user: redisServer.user, signal: redisServer.signal,
		program: program, socket: "socket", dsn: "{socket}",
		serve: func(string) []string { return args },
		ping:  redisServer.ping,
	})
}
