echo 1 >a
: >.dockerignore
