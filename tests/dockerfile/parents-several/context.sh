mkdir -p a/x b/x; echo a >a/x/f; echo b >b/x/f
