echo '!' >.dockerignore
