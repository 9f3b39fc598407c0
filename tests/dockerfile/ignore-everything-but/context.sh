mkdir -p src/sub other; echo 1 >src/1.c; echo 2 >src/sub/2.o; echo 3 >other/3
printf '%s\n' '*' '!src' '**/*.o' >.dockerignore
