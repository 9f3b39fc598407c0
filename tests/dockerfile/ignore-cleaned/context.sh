mkdir -p a/b c d; echo 1 >a/b/1; echo 2 >c/2; echo 3 >d/3; echo 4 >e
printf '%s\n' './a//b/' '  c  ' 'x/../d' '/e' ' # no comment' '! a/b' >.dockerignore
