cat >x.c <<END
END
