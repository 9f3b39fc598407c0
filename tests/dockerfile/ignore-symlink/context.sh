mkdir d; echo 1 >d/a; ln -s a d/l; ln -s d m
printf '%s\n' 'd/a' 'm' >.dockerignore
