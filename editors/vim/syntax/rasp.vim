" RASP programs. The words are those of grammar/rasp.l; a test compares them.
if exists("b:current_syntax")
  finish
endif

syntax keyword raspStatement set show example examples on off selector load draw exit quit def return
syntax keyword raspControl for if else
syntax keyword raspOperator in not and or
syntax keyword raspFunction select aggregate range zip len round indicator selector_width
syntax keyword raspConstant tokens indices length tokens_str tokens_int tokens_float True False
syntax match raspNumber "\<\d\+\(\.\d\+\)\?"
syntax region raspString start=+"+ end=+"+ oneline
syntax match raspComment "#.*$"

highlight default link raspStatement Statement
highlight default link raspControl Repeat
highlight default link raspOperator Operator
highlight default link raspFunction Function
highlight default link raspConstant Constant
highlight default link raspNumber Number
highlight default link raspString String
highlight default link raspComment Comment

let b:current_syntax = "rasp"
