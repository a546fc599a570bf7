package vectors_test

import (
	"fmt"

	"github.com/seed-52756201/saltine/vectors"
)

// What Django 6.0 makes of session cookies around the age limit.
func ExampleDjango() {
	file, err := vectors.Django()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range file.Groups {
		if g.Source != "Django 6.0.4 (Python 3.13.0) signed_cookies.SessionStore" {
			continue
		}
		for _, t := range g.Tests {
			if t.Has("boundary") {
				fmt.Printf("%s: %s\n", t.Comment, t.Result)
			}
		}
	}
	// Output:
	// age exactly two weeks: valid
	// two weeks plus 0.5 s: expired
	// two weeks minus 0.5 s: valid
}
