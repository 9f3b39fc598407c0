mkdir d; for f in a b c; do echo $f >d/$f; done
