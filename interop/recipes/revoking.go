package recipes

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/revocation"
)

// redisList ends sessions by what Redis has.
func redisList(rdb *redis.Client) (*revocation.List, error) {
	return revocation.New(&revocation.Options{
		Ended: func(ctx context.Context, user string) (time.Time, error) {
			seconds, err := rdb.Get(ctx, "sessions_ended:"+user).Int64()
			if errors.Is(err, redis.Nil) {
				return time.Time{}, nil // never
			}
			return time.Unix(seconds, 0), err
		},
		SessionEnded: func(ctx context.Context, id string) (bool, error) {
			n, err := rdb.Exists(ctx, "session_ended:"+id).Result()
			return n > 0, err
		},
	})
}

// endAll ends all sessions of a user.
func endAll(ctx context.Context, rdb *redis.Client, store *saltine.CookieStore, user string) error {
	err := rdb.Set(ctx, "sessions_ended:"+user, time.Now().Unix(), store.CookieAge()).Err()
	return err
}
