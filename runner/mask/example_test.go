package mask_test

import (
	"encoding/base64"
	"fmt"

	"postie/runner/event"
	"postie/runner/mask"
)

// A secret is hidden in whatever encoding it comes back.
func Example() {
	m := mask.New(mask.Options{Names: []string{"pin"}})
	m.Learn("p@ss/word-1", mask.Run)

	fmt.Println(m.Text("GET /?q=p%40ss%2Fword-1"))
	fmt.Println(m.Text("Basic " + base64.StdEncoding.EncodeToString([]byte("user:p@ss/word-1"))))
	fmt.Println(string(m.JSON([]byte(`{"password":"p@ss\/word-1","pin":1234}`))))

	warned := &event.Warned{Text: "p@ss/word-1 is no token"}
	m.Hide(warned)
	fmt.Println(warned.Text)
	// Output:
	// GET /?q=******
	// Basic dXNlcj******
	// {"password":"******","pin":"******"}
	// ****** is no token
}
