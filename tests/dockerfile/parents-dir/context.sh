mkdir -p x/y; echo a >x/y/a.txt; echo b >x/b
