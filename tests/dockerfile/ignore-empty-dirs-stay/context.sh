mkdir -p d e; echo 1 >d/y; echo 2 >e/x
printf '%s\n' '**/x' '/d/y' >.dockerignore
