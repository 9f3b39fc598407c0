mkdir -p a/b/c; echo 1 >a/b/c/1; echo 2 >a/b/2; chmod 711 a/b
printf '%s\n' a '!a/b/c/1' >.dockerignore
