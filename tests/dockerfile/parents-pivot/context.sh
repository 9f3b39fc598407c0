mkdir -p x/y/z; echo a >x/y/a.txt; echo b >x/y/z/b.txt; echo c >x/c.txt
