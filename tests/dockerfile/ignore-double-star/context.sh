mkdir -p a/x/b x/y; echo 1 >x/1; echo 2 >a/x/2; echo 3 >a/x/b/3; echo 4 >x/y/4; echo 5 >fx
printf '%s\n' '**/x/*' >.dockerignore
