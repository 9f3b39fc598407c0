echo 1 >a
echo a >.dockerignore
