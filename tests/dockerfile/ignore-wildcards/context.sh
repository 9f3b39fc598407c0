mkdir -p d; echo 1 >f1; echo 2 >f2; echo 3 >fa; echo 4 >d/f1; echo 5 >'s*'; echo 6 >sx
printf '%s\n' 'f[0-9]' '?/f1' 's\*' >.dockerignore
