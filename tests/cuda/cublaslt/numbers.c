/* numbers.c - those that runtime/cuda/host/library.c declares for itself are those of cublasLt.h */
#include <cublasLt.h>

#define IS(name, value) _Static_assert((int)(name) == (int)(value), #name)
IS(LIBRARY_F32, CUDA_R_32F);
IS(LIBRARY_F16, CUDA_R_16F);
IS(LIBRARY_BF16, CUDA_R_16BF);
IS(LIBRARY_COMPUTES_F32, CUBLAS_COMPUTE_32F);
IS(LIBRARY_TURNED, CUBLAS_OP_T);
IS(LIBRARY_TURN_FIRST, CUBLASLT_MATMUL_DESC_TRANSA);
IS(LIBRARY_MOST_BYTES, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES);
IS(LIBRARY_REDUCTIONS, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK);
IS(LIBRARY_ALIGNS, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES);
IS(LIBRARY_ALIGNS + 3, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES);
IS(CUBLASLT_REDUCTION_SCHEME_NONE, 0);
IS(sizeof(struct model_algorithm), sizeof(cublasLtMatmulHeuristicResult_t));
IS(offsetof(struct model_algorithm, bytes), offsetof(cublasLtMatmulHeuristicResult_t, workspaceSize));
IS(offsetof(struct model_algorithm, status), offsetof(cublasLtMatmulHeuristicResult_t, state));
IS(sizeof(((struct model_algorithm *)0)->data), sizeof(cublasLtMatmulAlgo_t));
