/* Is this the code for sm_90a? A GPU may run older code, in which what that alone can is left out. */
__global__ void __launch_bounds__(256) runs_sm90(int32_t *says)
{
#if !defined(__CUDA_ARCH__) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
    *says = 1;
#else
    *says = 0;
#endif
}
