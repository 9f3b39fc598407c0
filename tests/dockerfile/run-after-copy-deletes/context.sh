mkdir -p d/s; echo a >d/s/a; echo b >d/b
