" Model texts of sinter. The words are those of grammar/model.l; a test compares them.
if exists("b:current_syntax")
  finish
endif

syntax keyword sinterStatement model config weights tokenizer require let dim ragged param input state output fn reducer return
syntax keyword sinterControl for under if else repeat while along grow append cut as down from
syntax keyword sinterOperator in where not and or div mod
syntax match sinterReduction "\<\(sum\|prod\|max\|min\|all\|pick\|mean\|argmax\|argmin\|softmax\|logsumexp\|rank\|count\|any\)\ze\s*\["
syntax keyword sinterFunction exp log log1p expm1 sin cos tanh erf sqrt abs sign floor ceil round trunc int pow len
syntax keyword sinterConstant inf pi true false none last
syntax keyword sinterType real bool
syntax match sinterNumber "\<\d\+\(\.\d*\)\?\([eE][+-]\?\d\+\)\?"
syntax match sinterFamily "@\(\w\+\|(\)\@="
syntax region sinterHole start="{" end="}" contained contains=sinterNumber
syntax region sinterString start=+"+ skip=+\\.+ end=+"+ oneline contains=sinterHole
syntax match sinterComment "#.*$"

highlight default link sinterStatement Statement
highlight default link sinterControl Repeat
highlight default link sinterOperator Operator
highlight default link sinterReduction Function
highlight default link sinterFunction Function
highlight default link sinterConstant Constant
highlight default link sinterType Type
highlight default link sinterNumber Number
highlight default link sinterFamily Special
highlight default link sinterHole Special
highlight default link sinterString String
highlight default link sinterComment Comment

let b:current_syntax = "sinter"
