echo a >.dockerignore
