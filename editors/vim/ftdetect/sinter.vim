autocmd BufRead,BufNewFile *.sinter setfiletype sinter
autocmd BufRead,BufNewFile *.rasp setfiletype rasp
