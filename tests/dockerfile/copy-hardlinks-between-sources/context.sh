echo a >a; ln a b
