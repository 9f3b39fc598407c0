echo a >a
printf '%s\n' Dockerfile .dockerignore >.dockerignore
