mkdir -p a/b; echo 1 >a/b/1; echo 2 >a/b/2; echo 3 >a/3
