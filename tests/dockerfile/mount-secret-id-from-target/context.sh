printf 's3cret' >../secret
