echo '[a' >.dockerignore; echo b >b
