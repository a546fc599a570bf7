package shop

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
)

// HTTP serves API Gateway's HTTP APIs with payload format 2.0, their default.
// Cookies have a field of their own, both ways. The path starts with the name
// of the stage, unless that is $default.
func (s *Shop) HTTP(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	resp := s.serve(ctx, request{
		method:   e.RequestContext.HTTP.Method,
		path:     e.RawPath,
		cookies:  e.Cookies,
		body:     e.Body,
		isBase64: e.IsBase64Encoded,
	})
	return events.APIGatewayV2HTTPResponse{
		StatusCode: resp.status,
		Headers:    resp.headers(),
		Cookies:    resp.cookies,
		Body:       resp.body,
	}, nil
}

// URL serves function URLs, whose payload has the format of HTTP.
func (s *Shop) URL(ctx context.Context, e events.LambdaFunctionURLRequest) (events.LambdaFunctionURLResponse, error) {
	resp := s.serve(ctx, request{
		method:   e.RequestContext.HTTP.Method,
		path:     e.RawPath,
		cookies:  e.Cookies,
		body:     e.Body,
		isBase64: e.IsBase64Encoded,
	})
	return events.LambdaFunctionURLResponse{
		StatusCode: resp.status,
		Headers:    resp.headers(),
		Cookies:    resp.cookies,
		Body:       resp.body,
	}, nil
}

// headers are those of a response but for its cookies.
func (r response) headers() map[string]string {
	header := map[string]string{"Content-Type": contentType}
	if r.vary {
		header["Vary"] = "Cookie"
	}
	return header
}
