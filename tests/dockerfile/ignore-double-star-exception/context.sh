mkdir -p a/b; echo 1 >a/1.md; echo 2 >a/b/2.md; echo 3 >a/b/3.c
printf '%s\n' '**' '!**/*.md' >.dockerignore
