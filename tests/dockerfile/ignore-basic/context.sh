mkdir -p d/e; echo a >a; echo b >b.log; echo c >d/c.log; echo d >d/e/d
printf '%s\n' '# comment' 'a' '' '*.log' 'd/e' >.dockerignore
