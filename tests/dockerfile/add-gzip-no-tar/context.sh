echo text | gzip -n >x.gz
