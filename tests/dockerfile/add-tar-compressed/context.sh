mkdir t; echo a >t/a
tar --owner=0 --group=0 -C t -cf x a
gzip -c x >gz.bin; zstd -q -c x >zst.bin
rm -r t
