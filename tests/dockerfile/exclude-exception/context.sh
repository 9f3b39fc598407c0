mkdir d; for f in a.txt b.txt c.md; do echo $f >d/$f; done
