package recipes

import (
	"context"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/metadata"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

const user saltine.Field[string] = "user"

// newGateway returns a gateway whose RPCs know who is signed in.
func newGateway(sessions *sessionhttp.Middleware, register func(*runtime.ServeMux)) http.Handler {
	gateway := runtime.NewServeMux(runtime.WithMetadata(func(ctx context.Context, _ *http.Request) metadata.MD {
		return metadata.Pairs("user", user.Or(sessionhttp.FromContext(ctx), ""))
	}))
	handler := sessions.Handler(gateway)
	register(gateway)
	return handler
}
