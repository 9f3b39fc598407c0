echo a >a; chmod 4755 a
