echo a >a; mkdir -p d/s; echo b >d/s/b
