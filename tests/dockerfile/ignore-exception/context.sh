mkdir -p d/keep; echo a >d/a; echo b >d/keep/b; echo c >d/keep/c
printf '%s\n' d '!d/keep' 'd/keep/c' >.dockerignore
