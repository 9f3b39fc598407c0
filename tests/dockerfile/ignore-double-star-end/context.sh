mkdir -p a/b; echo 1 >a/1; echo 2 >a/b/2
printf '%s\n' 'a/**' >.dockerignore
