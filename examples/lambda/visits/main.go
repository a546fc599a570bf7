// Command visits counts the visits of each browser, behind a Lambda function URL or an HTTP API.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

const visits saltine.Field[int] = "visits"

func main() { // once for an instance, which serves many requests
	keys, err := saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil) // one key a line, the first signs
	if err != nil {
		log.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	cookie, err := sessioncookie.New(store, nil)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(func(ctx context.Context, r events.LambdaFunctionURLRequest) (events.LambdaFunctionURLResponse, error) {
		return visit(ctx, cookie, r)
	})
}

func visit(ctx context.Context, cookie *sessioncookie.Cookie, r events.LambdaFunctionURLRequest) (events.LambdaFunctionURLResponse, error) {
	exchange := cookie.Open(ctx, r.Cookies)
	session := exchange.Session()
	visits.Set(session, visits.Or(session, 0)+1)
	resp := events.LambdaFunctionURLResponse{
		StatusCode: 200,
		Headers:    map[string]string{"Content-Type": "text/plain", "Cache-Control": "private"},
		Body:       fmt.Sprintf("visit %d\n", visits.Or(session, 0)),
	}
	setCookie, vary, err := exchange.Commit(resp.StatusCode)
	if err != nil {
		return events.LambdaFunctionURLResponse{}, err // the log has it, the visitor gets 502
	}
	resp.Cookies = setCookie
	if vary {
		resp.Headers["Vary"] = "Cookie"
	}
	return resp, nil
}
