package frameworks

import (
	"github.com/labstack/echo/v4"

	"github.com/seed-52756201/saltine/sessionhttp"
)

// Echo gives the requests of an echo router, or of one of its groups, their session.
// echo answers an error that a handler returns after all middleware. Echo has it
// answered before, so that the session knows the status.
func Echo(m *sessionhttp.Middleware) echo.MiddlewareFunc {
	wrap := echo.WrapMiddleware(m.Handler)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return wrap(func(c echo.Context) error {
			err := next(c)
			if err != nil {
				c.Error(err)
			}
			return err
		})
	}
}
