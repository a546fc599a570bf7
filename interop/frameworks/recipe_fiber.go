package frameworks

import (
	"errors"
	"log/slog"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// Fiber gives the requests of a fiber app, or of one of its groups, their session.
// c.Locals("session") is the *saltine.Session.
func Fiber(cookie *sessioncookie.Cookie) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var headers []string
		for _, header := range c.Request().Header.PeekAll(fiber.HeaderCookie) {
			headers = append(headers, string(header)) // a copy: fiber uses its buffers again
		}
		exchange := cookie.Open(c.UserContext(), headers)
		c.Locals("session", exchange.Session())
		if err := c.Next(); err != nil { // answer it now, so that the status is known
			if err := c.App().ErrorHandler(c, err); err != nil {
				return err
			}
		}
		setCookie, vary, err := exchange.Commit(c.Response().StatusCode())
		if err != nil {
			return refuse(c, vary, err)
		}
		if vary {
			c.Vary(fiber.HeaderCookie)
		}
		for _, line := range setCookie {
			c.Response().Header.Add(fiber.HeaderSetCookie, line)
			if !strings.Contains(c.GetRespHeader(fiber.HeaderCacheControl), "no-store") {
				c.Set(fiber.HeaderCacheControl, "private") // or a cache hands the session out
			}
		}
		return nil
	}
}

// refuse answers for a session that cannot be saved, in place of the handler.
func refuse(c *fiber.Ctx, vary bool, err error) error {
	slog.Error("session", "error", err)
	c.Response().Reset()
	if vary {
		c.Vary(fiber.HeaderCookie)
	}
	if errors.Is(err, saltine.ErrInterrupted) {
		return c.SendStatus(fiber.StatusBadRequest)
	}
	return c.SendStatus(fiber.StatusInternalServerError)
}
