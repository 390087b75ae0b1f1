package main

import (
	"encoding/json"
	"log"
	"net/http"
)

func main() {
	http.HandleFunc("/greeting", func(response http.ResponseWriter, request *http.Request) {
		name := request.URL.Query().Get("name")
		if name == "" {
			name = "you"
		}
		response.Header().Set("Content-Type", "application/json")
		json.NewEncoder(response).Encode(map[string]string{"greeting": greet(name)})
	})
	log.Print("listening on port 8080")
	log.Fatal(http.ListenAndServe(":8080", nil))
}
