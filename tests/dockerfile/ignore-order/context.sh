echo 1 >a.md; echo 2 >b.md; echo 3 >c.md
printf '%s\n' '!a.md' '*.md' '!b.md' '!c.md' 'c.md' >.dockerignore
