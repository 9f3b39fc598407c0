echo a >'a b'
