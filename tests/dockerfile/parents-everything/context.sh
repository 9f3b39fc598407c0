mkdir -p a/b; echo 1 >a/b/1
