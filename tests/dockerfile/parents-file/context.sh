mkdir -p x/y; echo a >x/y/a.txt; chmod 711 x; chmod 750 x/y
