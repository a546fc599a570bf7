package shop

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// REST serves API Gateway's REST APIs, and its HTTP APIs with payload format
// 1.0. Headers stand in multiValueHeaders, both ways, under the names that the
// client wrote: Cookie, cookie or COOKIE.
func (s *Shop) REST(ctx context.Context, e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	resp := s.serve(ctx, request{
		method:   e.HTTPMethod,
		path:     e.Path,
		cookies:  headerValues(e.MultiValueHeaders, e.Headers, "Cookie"),
		body:     e.Body,
		isBase64: e.IsBase64Encoded,
	})
	return events.APIGatewayProxyResponse{
		StatusCode:        resp.status,
		MultiValueHeaders: resp.multiValueHeaders(),
		Body:              resp.body,
	}, nil
}

// headerValues returns the values of a header whatever the case of its name.
// multi goes first: single holds one value for each name.
func headerValues(multi map[string][]string, single map[string]string, name string) []string {
	var values []string
	for _, key := range slices.Sorted(maps.Keys(multi)) {
		if strings.EqualFold(key, name) {
			values = append(values, multi[key]...)
		}
	}
	if len(multi) > 0 {
		return values
	}
	for _, key := range slices.Sorted(maps.Keys(single)) {
		if strings.EqualFold(key, name) {
			values = append(values, single[key])
		}
	}
	return values
}

func (r response) multiValueHeaders() map[string][]string {
	header := map[string][]string{"Content-Type": {contentType}}
	if r.vary {
		header["Vary"] = []string{"Cookie"}
	}
	if len(r.cookies) > 0 {
		header["Set-Cookie"] = r.cookies
	}
	return header
}
