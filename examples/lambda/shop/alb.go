package shop

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// ALB serves the target groups of an Application Load Balancer. Whether their
// attribute lambda.multi_value_headers.enabled is true shows in the event, and
// the response must have the same form. Where it is false, its default, a
// response cannot set two cookies: the session's goes out, others are dropped
// and logged.
func (s *Shop) ALB(ctx context.Context, e events.ALBTargetGroupRequest) (events.ALBTargetGroupResponse, error) {
	resp := s.serve(ctx, request{
		method:   e.HTTPMethod,
		path:     e.Path,
		cookies:  headerValues(e.MultiValueHeaders, e.Headers, "Cookie"),
		body:     e.Body,
		isBase64: e.IsBase64Encoded,
	})
	reply := events.ALBTargetGroupResponse{
		StatusCode:        resp.status,
		StatusDescription: fmt.Sprintf("%d %s", resp.status, http.StatusText(resp.status)),
		Body:              resp.body,
	}
	if len(e.MultiValueHeaders) > 0 {
		reply.MultiValueHeaders = resp.multiValueHeaders()
	} else {
		reply.Headers = s.singleHeaders(resp)
	}
	return reply, nil
}

func (s *Shop) singleHeaders(resp response) map[string]string {
	header := resp.headers()
	for i, line := range resp.cookies {
		if i == 0 {
			header["Set-Cookie"] = line
			continue
		}
		name, _, _ := strings.Cut(line, "=")
		s.log.Error("cookie dropped: lambda.multi_value_headers.enabled is false", "cookie", name)
	}
	return header
}
