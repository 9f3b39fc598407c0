echo text >x.tar; printf 'PK\003\004' >x.zip; : >empty.tar
