mk() { for f; do mkdir -p "$(dirname "$f")"; echo x >"$f"; done; }
mk a.log b.txt keep.log d/a.log d/keep.log d/e/a.log e/x e/y e/z/x g/1 g/2 \
	g/10 h/.hid .hid .git/config i/j/k/l/m i/j/q j/only/this j/only/that \
	k1 k2 k3 ka 'sp ace' 'br[ack' 'st*r' star l/m/n/o.c l/m/p.c l/o.h \
	n/tmp/x n/b/tmp/x tmp/x o/README.md o/a.md README.md p/p/p q/r.q \
	q/s q/t/r.q r/é r/e u/v/w/x u/v/y w/a~ w/b '#c' UP up vendor/a \
	vendor/b/c build/out.o build/keep/x x.y.z x.y yy/zz/.gitignore
cat >.dockerignore <<'END'
# comment
*.log
!keep.log
d/*.log
!d/keep.log
e/*
!e/y
g/?
h/.*
.git
i/j/k
j/**
!j/only/this
k[1-2]
sp ace
br\[ack
st\*r
**/*.c
!l/m/p.c
**/tmp
!n/b/tmp
o/*.md
!o/README.md
/README.md
p/p/
./q/*.q
r/[^a-z]
u/**/x
w/*~
\#c
UP
vendor
!vendor/b
build/*
!build/keep
x.?.z
yy/**/.git*
i/../i/j/q
Dockerfile
  l/o.h  
END
