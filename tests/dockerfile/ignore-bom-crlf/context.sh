echo 1 >a; echo 2 >b; echo 3 >c
printf '\357\273\277a\r\nb\r\n' >.dockerignore
