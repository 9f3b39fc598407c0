echo file >f
echo old >a.txt
